/**
 * Makes wheels as the elements of `build-wheel` do (docs/adr/0015): each from clean sources at `/application`, in an
 * environment of what its own build lock names.
 */
export const WHEELS_SCRIPT = `#!/usr/bin/env bash
# Makes wheels from /build alone: wheels.sh OUT LOCK [SOURCES...]
# Of what LOCK names, and of the projects of the workspace that lie in the directories SOURCES. What has to be built is
# built in /application, with exactly what its own build lock names.
set -euo pipefail
umask 022

out=$1
lock=$2
shift 2

environments=$(mktemp -d)

# wheel BUILD_LOCK DIRECTORY [SUBDIRECTORY]: builds a copy of the directory.
wheel() {
  local environment
  # Locks with the same entries share an environment.
  environment=$environments/$(sed '/^#/d' "$1" | sha256sum | cut --characters=1-16)
  if [[ ! -d $environment ]]; then
    python3 -m venv "$environment"
    if grep --quiet '^[^#]' "$1"; then
      "$environment/bin/pip" install --quiet --require-hashes --requirement "$1"
    fi
  fi
  find /application -mindepth 1 -delete
  cp -R "$2/." /application
  chmod -R u=rwX,go=rX /application
  (
    cd "/application/\${3:-}"
    PATH=$environment/bin:$PATH pip wheel --quiet --no-deps --no-build-isolation --wheel-dir "$out" .
  )
  find /application -mindepth 1 -delete
}

# sdist NAME VERSION: the file in /build, where there is one.
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

built=$(mktemp)
for each in /locks/build/*.txt; do
  distribution=$(sed --quiet 's/^# distribution: //p' "$each")
  if [[ $distribution != *==* ]] || ! grep --quiet --fixed-strings "$distribution " "$lock"; then continue; fi
  file=$(sdist "\${distribution%%==*}" "\${distribution##*==}")
  if [[ -z $file ]]; then continue; fi
  source=$(mktemp -d)
  python3 -c 'import shutil, sys; shutil.unpack_archive(*sys.argv[1:])' "$file" "$source"
  wheel "$each" "$source"/*
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

for sources in "$@"; do
  while IFS=$'\\t' read -r name directory subdirectory <&3; do
    wheel "/locks/local/$name/build/$name.txt" "$sources/$directory" "$subdirectory"
  done 3< "$sources/projects.txt"
done
rm -rf "$environments" "$built" "$rest"
`;
