/** What no image is made from: what git, editors, tools and earlier builds leave in a project. */
export const DOCKERIGNORE = `.git
.gitignore
.dockerignore
.venv
venv
.nx
node_modules
dist
reports
build
docker
**/__pycache__
**/*.py[co]
**/*.egg-info
**/.pytest_cache
**/.mypy_cache
**/.ruff_cache
**/.env
`;
