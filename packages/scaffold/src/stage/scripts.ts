import { buildLock, type StagePlan } from './stage-plan.js';

/** Fills /build with exactly the files that the locks name; a volume that has them is left alone. */
export const CACHE_SCRIPT = `#!/usr/bin/env bash
# Fetches the files that the locks name into /build, each checked by its hash. No other service has an index.
set -euo pipefail

wanted=$(cat /locks/*.txt /locks/build/*.txt | sha256sum)
if [[ -f /build/.complete && $(cat /build/.complete) == "$wanted" ]]; then
  echo "cache: /build has what the locks name"
  exit 0
fi
find /build -mindepth 1 -delete
# One lock at a time: what is built with may have another version in each.
for lock in /locks/test.txt /locks/build/*.txt; do
  if ! grep --quiet --max-count=1 '^[^#]' "$lock"; then continue; fi
  echo "cache: $lock"
  if [[ -d /locks/vendor ]]; then
    /venv/build/bin/pip download --quiet --no-deps --require-hashes --find-links /locks/vendor \\
      --dest /build --requirement "$lock"
  else
    /venv/build/bin/pip download --quiet --no-deps --require-hashes --dest /build --requirement "$lock"
  fi
done
echo "$wanted" > /build/.complete
`;

/** Waits for a port. */
export const AGENT_SCRIPT = `#!/usr/bin/env bash
# Waits until a service takes connections: agent.sh HOST PORT [SECONDS]
set -euo pipefail

host=$1
port=$2
seconds=\${3:-120}
for ((waited = 0; waited < seconds; waited++)); do
  if (exec 3<> "/dev/tcp/$host/$port") 2> /dev/null; then
    echo "agent: $host:$port takes connections"
    exit 0
  fi
  sleep 1
done
echo "agent: $host:$port took no connection within $seconds seconds" >&2
exit 1
`;

/** Installs the project's wheel and what its tests need, and runs a command. */
export function testScript(plan: StagePlan): string {
  return `#!/usr/bin/env bash
# Installs from /build alone, the wheel of this source among it, and runs the command it is given.
set -euo pipefail
umask 022

/venv/build/bin/pip install --quiet --require-hashes --requirement /locks/build/${buildLock(plan)}
source=$(mktemp -d)
cp -R . "$source/application"
/venv/build/bin/pip wheel --quiet --no-deps --no-build-isolation --wheel-dir "$source" "$source/application"
if grep --quiet '^[^#]' /locks/test.txt; then
  /venv/test/bin/pip install --quiet --require-hashes --requirement /locks/test.txt
fi
/venv/test/bin/pip install --quiet --no-deps "$source"/*.whl
rm -rf "$source"

exec "$@"
`;
}

/** Makes the wheelhouse: the wheels of what the project requires, and its own by the command it is given. */
export function buildScript(plan: StagePlan): string {
  return `#!/usr/bin/env bash
# Makes wheels of the requirements from /build alone, runs the command that makes the project's own, and writes down
# which wheels there are, by version and hash.
set -euo pipefail
umask 022

find /wheelhouse -mindepth 1 -delete
/venv/build/bin/pip install --quiet --require-hashes --requirement /locks/build/${buildLock(plan)}
"$@"
if grep --quiet '^[^#]' /locks/runtime.txt; then
  /venv/build/bin/pip wheel --quiet --no-deps --require-hashes --wheel-dir /wheelhouse --requirement /locks/runtime.txt
fi
cd /wheelhouse
for wheel in *.whl; do
  IFS=- read -r name version _ <<< "$wheel"
  hash=$(sha256sum "$wheel")
  echo "$name==$version --hash=sha256:\${hash%% *}"
done > requirements.txt
`;
}
