import type { Database, Framework, ProjectModel } from '../project/project-model.js';

const RUNTIME: Readonly<Record<Framework, readonly string[]>> = {
  django: ['django>=5.2,<5.3', 'gunicorn>=23,<24'],
  fastapi: ['fastapi>=0.115,<1', 'uvicorn>=0.34,<1'],
  flask: ['flask>=3.1,<4', 'gunicorn>=23,<24'],
  cli: [],
  none: [],
};

const TEST: Readonly<Record<Framework, readonly string[]>> = {
  django: ['pytest>=8.3,<10', 'pytest-django>=4.11,<5'],
  fastapi: ['httpx>=0.28,<1', 'pytest>=8.3,<10'],
  flask: ['pytest>=8.3,<10'],
  cli: ['pytest>=8.3,<10'],
  none: ['pytest>=8.3,<10'],
};

const DRIVERS: Readonly<Record<Database, readonly string[]>> = {
  postgres: ['psycopg[binary]>=3.2,<4'],
  mysql: ['pymysql[rsa]>=1.1,<2'],
  none: [],
};

/** What a new project requires, when it runs and for its tests. */
export function requirementsOf(
  framework: Framework,
  database: Database,
): Pick<ProjectModel, 'dependencies' | 'testDependencies'> {
  return {
    dependencies: [...RUNTIME[framework], ...DRIVERS[database]].sort(),
    testDependencies: TEST[framework],
  };
}
