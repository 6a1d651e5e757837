export { discoversPackages, type PackageStatements } from './discovered-packages.js';
export { readFileRequirements, type DeclaredRequirements, type FileRequirements } from './file-requirements.js';
export { ProjectFiles, type FileChoices } from './project-files.js';
export { RUNTIME_FILE, TEST_FILES } from './requirements-settings.js';
export { isTable, TomlFile, type TomlTable } from './toml-file.js';
