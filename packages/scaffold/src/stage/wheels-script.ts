import { BUILD_ROOT } from '@wheelhouse/python-stage/internal';

/**
 * Makes wheels as the elements of `build-wheel` do (docs/adr/0015): each from clean sources at `/application`, in an
 * environment of what its own build lock names.
 */
export function wheelsScript(): string {
  return `#!/usr/bin/env bash
# Builds wheels only from /build: wheels.sh OUT LOCK [SOURCES...]
# For the entries of LOCK, and for the workspace projects in the directories SOURCES. Everything that has to be built is
# built in ${BUILD_ROOT}, with exactly the entries of its own build lock and the wheels of the workspace projects that it
# requires to build, which are kept in /tmp/tools.
set -euo pipefail
umask 022

out=$1
lock=$2
shift 2

environments=$(mktemp -d)
tools=/tmp/tools
mkdir -p "$tools"

# wheel OUT BUILD_LOCK DIRECTORY [SUBDIRECTORY [TOOLS [VARIABLE=VALUE...]]]: builds a copy of the directory.
wheel() {
  local to=$1 lock=$2 directory=$3 subdirectory=\${4:-.} with=\${5:--} environment tool
  # Locks with the same entries share an environment.
  environment=$environments/$( (echo "$with"; sed '/^#/d' "$lock") | sha256sum | cut --characters=1-16)
  if [[ ! -d $environment ]]; then
    python3 -m venv "$environment"
    if grep --quiet '^[^#]' "$lock"; then
      "$environment/bin/pip" install --quiet --require-hashes --requirement "$lock"
    fi
    if [[ $with != - ]]; then
      for tool in \${with//,/ }; do
        "$environment/bin/pip" install --quiet --no-deps "$tools/\${tool//-/_}-"*.whl
      done
    fi
  fi
  find ${BUILD_ROOT} -mindepth 1 -delete
  cp -R "$directory/." ${BUILD_ROOT}
  chmod -R u=rwX,go=rX ${BUILD_ROOT}
  (
    cd "${BUILD_ROOT}/$subdirectory"
    env "\${@:6}" PATH="$environment/bin:$PATH" pip wheel --quiet --no-deps --no-build-isolation --wheel-dir "$to" .
  )
  find ${BUILD_ROOT} -mindepth 1 -delete
}

# projects OUT SOURCES: builds the wheels of the projects in that directory.
projects() {
  local line
  while IFS=$'\\t' read -r -a line <&3; do
    wheel "$1" "/locks/local/\${line[0]}/build/\${line[0]}.txt" "$2/\${line[1]}" "\${line[@]:2}"
  done 3< "$2/projects.txt"
}

# sdist NAME VERSION: prints the file in /build, if there is one.
sdist() {
  local file base
  for file in /build/*.tar.gz /build/*.zip; do
    base=\${file##*/}
    base=\${base%.tar.gz}
    base=\${base%.zip}
    if [[ $(tr '[:upper:]_.' '[:lower:]--' <<< "\${base%-*}" | tr --squeeze-repeats -) == "$1" && \${base##*-} == "$2" ]]; then
      echo "$file"
      return
    fi
  done
}

# applies LOCK NAME==VERSION: whether the lock has it for this Python.
applies() {
  local entry
  entry=$(awk -v wanted="$2" '$1 == wanted { print; exit }' "$1")
  if [[ $entry != *' ; '* ]]; then
    [[ -n $entry ]]
    return
  fi
  entry=\${entry#* ; }
  /venv/build/bin/python -c '
import sys
from pip._vendor.packaging.markers import Marker

sys.exit(not Marker(sys.argv[1]).evaluate())
' "\${entry%%\\\\*}"
}

built=$(mktemp)
for each in /locks/build/*.txt; do
  distribution=$(sed --quiet 's/^# distribution: //p' "$each")
  if [[ $distribution != *==* ]] || ! applies "$lock" "$distribution"; then continue; fi
  file=$(sdist "\${distribution%%==*}" "\${distribution##*==}")
  if [[ -z $file ]]; then continue; fi
  source=$(mktemp -d)
  python3 -c 'import shutil, sys; shutil.unpack_archive(*sys.argv[1:])' "$file" "$source"
  wheel "$out" "$each" "$source"/*
  rm -rf "$source"
  echo "$distribution" >> "$built"
done

rest=$(mktemp)
awk -v built="$built" '
  BEGIN { while ((getline line < built) > 0) done[line] }
  /^[^# ]/ { wanted = !($1 in done) }
  wanted
' "$lock" > "$rest"
if grep --quiet '^[^#]' "$rest"; then
  /venv/build/bin/pip wheel --quiet --no-deps --require-hashes --wheel-dir "$out" --requirement "$rest"
fi

projects "$tools" /tools
for sources in "$@"; do
  projects "$out" "$sources"
done
rm -rf "$environments" "$built" "$rest"
`;
}
