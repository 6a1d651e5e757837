import type { Database, ProjectModel } from '../project/project-model.js';
import { requirementNames } from '../project/requirement-names.js';

/** How a database is run and reached. */
export interface DatabaseKind {
  /** The image if nothing else is said. */
  readonly image: string;
  readonly port: number;
  /** The scheme of an address. */
  readonly scheme: string;
  /** Where the image keeps data; nothing of it outlives a run. */
  readonly data: string;
  readonly healthcheck: readonly string[];
  /** @param name of database and user; the password of a database that only tests see is the same */
  readonly environment: (name: string) => Readonly<Record<string, string>>;
}

export const DATABASE_KINDS: Readonly<Record<Exclude<Database, 'none'>, DatabaseKind>> = {
  postgres: {
    image: 'postgres:17-alpine',
    port: 5432,
    scheme: 'postgresql',
    data: '/var/lib/postgresql/data',
    healthcheck: ['CMD-SHELL', 'pg_isready --quiet --username "$${POSTGRES_USER}" --dbname "$${POSTGRES_DB}"'],
    environment: (name) => ({ POSTGRES_DB: name, POSTGRES_USER: name, POSTGRES_PASSWORD: name }),
  },
  mysql: {
    image: 'mysql:8.4',
    port: 3306,
    scheme: 'mysql',
    data: '/var/lib/mysql',
    healthcheck: [
      'CMD-SHELL',
      'mysqladmin ping --silent --protocol tcp --user "$${MYSQL_USER}" --password="$${MYSQL_PASSWORD}"',
    ],
    // Tests make a database of their own, which a user other than root may not.
    environment: (name) => ({
      MYSQL_DATABASE: name,
      MYSQL_USER: name,
      MYSQL_PASSWORD: name,
      MYSQL_ROOT_PASSWORD: name,
    }),
  },
};

const DRIVERS: Readonly<Record<string, Exclude<Database, 'none'>>> = {
  psycopg: 'postgres',
  psycopg2: 'postgres',
  'psycopg2-binary': 'postgres',
  asyncpg: 'postgres',
  pg8000: 'postgres',
  mysqlclient: 'mysql',
  pymysql: 'mysql',
  'mysql-connector-python': 'mysql',
  aiomysql: 'mysql',
};

/** The database whose driver a project requires; `undefined` if it requires none. */
export function databaseOf({ dependencies }: ProjectModel): Exclude<Database, 'none'> | undefined {
  for (const name of requirementNames(dependencies)) {
    const found = DRIVERS[name];
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The variables by which an application finds its database. @param name of database and user */
export function databaseVariables(kind: Exclude<Database, 'none'>, name: string): Readonly<Record<string, string>> {
  const { port, scheme } = DATABASE_KINDS[kind];
  const user = kind === 'mysql' ? 'root' : name;
  return {
    DATABASE_HOST: 'db',
    DATABASE_PORT: String(port),
    DATABASE_NAME: name,
    DATABASE_USER: user,
    DATABASE_PASSWORD: name,
    DATABASE_URL: `${scheme}://${user}:${name}@db:${port}/${name}`,
  };
}
