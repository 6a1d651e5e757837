import js from '@eslint/js';
import { createProjectGraphAsync } from '@nx/devkit';
import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier';
import { createNodeResolver, importX } from 'eslint-plugin-import-x';
import { defineConfig } from 'eslint/config';
import globals from 'globals';
import tseslint from 'typescript-eslint';
import { roomRule } from './tools/room-rule.mjs';

const root = import.meta.dirname;

// Without a project graph on disk the boundaries rule does nothing, with an old one it judges by that.
process.env.NX_DAEMON ??= 'false';
await createProjectGraphAsync({ exitOnError: false });

const STAGE = ['scope:element', 'scope:oci', 'scope:python', 'scope:python-lock', 'scope:python-stage'];

/** The packages' arrows: who may depend on whom, by tag. */
const arrows = {
  'scope:element': [],
  'scope:oci': ['scope:element'],
  'scope:python': ['scope:element'],
  'scope:python-lock': ['scope:element', 'scope:python'],
  'scope:python-stage': ['scope:element', 'scope:oci', 'scope:python', 'scope:python-lock'],
  'scope:remote': ['scope:element'],
  'scope:build': [...STAGE, 'scope:remote'],
  // Of the stage it writes out templates alone (docs/adr/0083).
  'scope:scaffold': ['scope:element', 'scope:oci', 'scope:python', 'scope:python-stage'],
  'scope:cache': ['scope:element', 'scope:remote'],
  'scope:e2e': [...STAGE, 'scope:remote', 'scope:build', 'scope:scaffold', 'scope:cache'],
};
const withoutNx = [...STAGE, 'scope:remote'];

const boundaries = {
  allow: [],
  // Parts of a package are loaded late by themselves, while others of the same package are there from the start.
  checkDynamicDependenciesExceptions: ['@wheelhouse/**'],
  depConstraints: Object.entries(arrows).map(([sourceTag, allowed]) => ({
    sourceTag,
    onlyDependOnLibsWithTags: [sourceTag, ...allowed],
    ...(withoutNx.includes(sourceTag) ? { bannedExternalImports: ['nx', 'nx/*', '@nx/*'] } : {}),
  })),
};

export default defineConfig(
  {
    ignores: [
      '**/node_modules/',
      '**/bundle/',
      '**/dist/',
      '**/.nx/',
      '**/.cache/',
      'coverage/',
      'reports/',
      '**/fixtures/',
      // Made from the schemas beside them.
      '**/{,*.}schema.d.ts',
      'examples/',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    files: ['**/*.{js,cjs,mjs}'],
    languageOptions: { globals: globals.node },
  },
  { files: ['**/*.cjs', 'packages/*/bin/*.js'], languageOptions: { sourceType: 'commonjs' } },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: root } },
    plugins: { '@nx': nx, 'import-x': importX },
    settings: {
      'import-x/resolver-next': [
        createNodeResolver({
          conditionNames: ['@wheelhouse/source', 'node', 'require', 'default'],
          extensions: ['.ts', '.js', '.json'],
          extensionAlias: { '.js': ['.ts', '.js'] },
        }),
      ],
    },
    rules: {
      // An object type is written with the word that fits where it stands.
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/consistent-indexed-object-style': 'off',
      // A getter is what a subclass can override.
      '@typescript-eslint/class-literal-property-style': 'off',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@nx/enforce-module-boundaries': ['error', boundaries],
      eqeqeq: 'error',
    },
  },
  {
    files: ['packages/*/src/**/*.ts'],
    // Cycles are found by the test of tools/rooms.mjs, those of types too.
    plugins: { rooms: { rules: { order: roomRule } } },
    rules: {
      'rooms/order': 'error',
      'import-x/no-extraneous-dependencies': ['error', { devDependencies: false, includeTypes: false }],
      'import-x/no-default-export': 'error',
      'no-restricted-syntax': [
        'error',
        {
          selector: "MemberExpression[object.name='process'][property.name='chdir']",
          message: 'The working directory is a parameter.',
        },
      ],
    },
  },
  {
    // What tests of several packages share; it is not published.
    files: ['packages/*/src/testing/**/*.ts'],
    rules: { 'import-x/no-extraneous-dependencies': 'off' },
  },
  {
    // Where Nx loads a default export.
    files: ['packages/*/src/executors/*/executor.ts', 'packages/*/src/generators/*/generator.ts'],
    rules: { 'import-x/no-default-export': 'off' },
  },
  {
    files: ['packages/build/src/executors/*/executor.ts'],
    rules: { 'max-lines': ['error', 60] },
  },
  {
    files: ['packages/*/tests/**/*.ts', 'e2e/**/*.ts'],
    rules: {
      // Tests import their own package by its name, as its users do.
      '@nx/enforce-module-boundaries': ['error', { ...boundaries, allowCircularSelfDependency: true }],
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  prettier,
);
