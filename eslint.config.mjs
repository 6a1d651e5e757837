import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import js from '@eslint/js';
import { createProjectGraphAsync } from '@nx/devkit';
import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier';
import { createNodeResolver, importX } from 'eslint-plugin-import-x';
import { defineConfig } from 'eslint/config';
import globals from 'globals';
import tseslint from 'typescript-eslint';

const root = import.meta.dirname;

// Without a project graph on disk the boundaries rule does nothing, with an old one it judges by that.
process.env.NX_DAEMON ??= 'false';
await createProjectGraphAsync({ exitOnError: false });

/** The packages' arrows: who may depend on whom, by tag. */
const arrows = {
  'scope:element': [],
  'scope:python': ['scope:element'],
  'scope:remote': ['scope:element'],
  'scope:build': ['scope:element', 'scope:python', 'scope:remote'],
  'scope:scaffold': ['scope:element', 'scope:python'],
  'scope:cache': ['scope:element', 'scope:remote'],
  'scope:e2e': ['scope:element', 'scope:python', 'scope:remote', 'scope:build', 'scope:scaffold', 'scope:cache'],
};
const withoutNx = ['scope:element', 'scope:python', 'scope:remote'];

const boundaries = {
  allow: [],
  depConstraints: Object.entries(arrows).map(([sourceTag, allowed]) => ({
    sourceTag,
    onlyDependOnLibsWithTags: [sourceTag, ...allowed],
    ...(withoutNx.includes(sourceTag) ? { bannedExternalImports: ['nx', 'nx/*', '@nx/*'] } : {}),
  })),
};

/**
 * The folders of a package, each row importing only from the rows before it and from itself; see docs/adr. Those that
 * stand above the order may import all others, and no folder imports them.
 */
const folderOrders = [
  {
    source: './packages/element/src',
    rows: [
      ['base'],
      ['cas'],
      ['load'],
      ['plugin'],
      ['resolve'],
      ['sources', 'toolchain'],
      ['elements'],
      ['key'],
      ['store'],
      ['sandbox'],
      ['build'],
    ],
    above: ['testing'],
    message: 'The folders of element import only towards base',
  },
  {
    source: './packages/cache/src',
    rows: [
      ['store'],
      ['tiers'],
      ['tokens', 'oidc'],
      ['config'],
      ['ledger'],
      ['overview'],
      ['server'],
      ['proxy'],
      ['plugin'],
      ['generators'],
      ['cli'],
    ],
    above: [],
    message: 'The folders of cache import only towards store',
  },
  {
    source: './packages/scaffold/src',
    rows: [
      ['merge', 'python'],
      ['project'],
      ['workspace', 'metadata', 'element', 'ci'],
      ['stage'],
      ['context'],
      ['run', 'new-project'],
      ['generators', 'executors'],
    ],
    above: [],
    message: 'The folders of scaffold import only towards merge',
  },
];

const folderZones = folderOrders.flatMap(({ source, rows, above, message }) => {
  const unplaced = readdirSync(join(root, source), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && ![...rows.flat(), ...above].includes(entry.name))
    .map((entry) => entry.name);
  if (unplaced.length > 0) {
    throw new Error(`${source} has folders without a place in the folder order of eslint.config.mjs: ${unplaced}`);
  }
  return rows.flatMap((row, rank) =>
    row.map((folder) => {
      const later = [...rows.slice(rank + 1).flat(), ...row.filter((other) => other !== folder)];
      return {
        target: `${source}/${folder}`,
        from: [...later, ...above, 'index.ts'].map((name) => `${source}/${name}`),
        message: `${message}: ${rows.map((names) => names.join(', ')).join(' < ')}.`,
      };
    }),
  );
});

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
    rules: {
      'import-x/no-restricted-paths': [
        'error',
        {
          basePath: root,
          zones: [
            ...folderZones,
            {
              target: './packages',
              from: ['./tools', './e2e', './examples'],
              message: 'Packages import only packages.',
            },
          ],
        },
      ],
      'import-x/no-cycle': 'error',
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
