import { BUILD_ROOT } from '@wheelhouse/python-stage/internal';
import { buildLock, type StagePlan } from './stage-plan.js';

/** Fills /build with exactly the files that the locks name; a volume that has them is left unchanged. */
export const CACHE_SCRIPT = `#!/usr/bin/env bash
# Downloads the locked files into /build, checking their hashes. No other service uses an index.
set -euo pipefail
shopt -s nullglob

# The test lock includes the runtime requirements.
locks=(/locks/test.txt /locks/build/*.txt /locks/local/*/build/*.txt)
wanted=$(cat "\${locks[@]}" | sha256sum)
if [[ -f /build/.complete && $(cat /build/.complete) == "$wanted" ]]; then
  echo "cache: /build is up to date with the locks"
  exit 0
fi
options=(--quiet --no-deps --require-hashes --dest /build)
if [[ -s /certificates/index.pem ]]; then options+=(--cert /certificates/index.pem); fi
for vendor in /locks/vendor /locks/local/*/vendor; do
  if [[ -d $vendor ]]; then options+=(--find-links "$vendor"); fi
done
find /build -mindepth 1 -delete
# One lock at a time: the versions of build requirements may differ between locks.
for lock in "\${locks[@]}"; do
  if ! grep --quiet --max-count=1 '^[^#]' "$lock"; then continue; fi
  echo "cache: $lock"
  /venv/build/bin/pip download "\${options[@]}" --requirement "$lock"
done
echo "$wanted" > /build/.complete
`;

/** Waits for a port. */
export const AGENT_SCRIPT = `#!/usr/bin/env bash
# Waits until a service accepts connections: agent.sh HOST PORT [SECONDS]
set -euo pipefail

host=$1
port=$2
seconds=\${3:-120}
for ((waited = 0; waited < seconds; waited++)); do
  if (exec 3<> "/dev/tcp/$host/$port") 2> /dev/null; then
    echo "agent: $host:$port accepts connections"
    exit 0
  fi
  sleep 1
done
echo "agent: $host:$port did not accept a connection within $seconds seconds" >&2
exit 1
`;

/** Installs the wheels of the project and of what its tests need, and runs a command. */
export function testScript(plan: StagePlan): string {
  return `#!/usr/bin/env bash
# Builds wheels only from /build and this source, installs them, and runs the given command.
set -euo pipefail
umask 022

wheels=$(mktemp -d)
/scripts/wheels.sh "$wheels" /locks/test.txt /libraries /test-libraries
${ownSource(plan)}
(
  cd "${BUILD_ROOT}/$subdirectory"
  env "\${variables[@]}" PATH="/venv/build/bin:$PATH" \\
    pip wheel --quiet --no-deps --no-build-isolation --wheel-dir "$wheels" .
)
find ${BUILD_ROOT} -mindepth 1 -delete
/venv/test/bin/pip install --quiet --no-deps "$wheels"/*.whl
rm -rf "$wheels"
cp -R /project/. ${BUILD_ROOT}

exec "$@"
`;
}

/**
 * Installs what the project's own wheel is built with, puts its sources where they are built, and sets where in them it
 * is, and the variables that its backend is given.
 */
function ownSource(plan: StagePlan): string {
  return `IFS=$'\\t' read -r -a own < /source/projects.txt
subdirectory=\${own[2]}
variables=("\${own[@]:4}")
/venv/build/bin/pip install --quiet --require-hashes --requirement /locks/build/${buildLock(plan)}
if [[ \${own[3]} != - ]]; then
  for tool in \${own[3]//,/ }; do
    /venv/build/bin/pip install --quiet --no-deps "/tmp/tools/\${tool//-/_}-"*.whl
  done
fi
cp -R "/source/\${own[1]}/." ${BUILD_ROOT}`;
}

/** Makes the wheelhouse: the wheels of what the project requires, and its own by the command it is given. */
export function buildScript(plan: StagePlan): string {
  return `#!/usr/bin/env bash
# Builds the wheels of the requirements only from /build, runs the command that builds the project's own, and lists
# the wheels by version and hash.
set -euo pipefail
umask 022

find /wheelhouse -mindepth 1 -delete
/scripts/wheels.sh /wheelhouse /locks/runtime.txt /libraries
${ownSource(plan)}
(cd "${BUILD_ROOT}/$subdirectory" && env "\${variables[@]}" "$@")
cd /wheelhouse
for wheel in *.whl; do
  IFS=- read -r name version _ <<< "$wheel"
  hash=$(sha256sum "$wheel")
  echo "$name==$version --hash=sha256:\${hash%% *}"
done > requirements.txt
`;
}
