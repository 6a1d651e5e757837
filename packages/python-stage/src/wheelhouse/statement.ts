/** Digests by their algorithms (in-toto `DigestSet`), in hexadecimal. */
export type DigestSet = Readonly<Record<string, string>>;

/** A thing that a statement is about or that something was made from (in-toto `ResourceDescriptor`). */
export interface Resource {
  readonly name?: string;
  readonly uri?: string;
  readonly digest: DigestSet;
  readonly annotations?: Readonly<Record<string, unknown>>;
}

/** An in-toto Statement, version 1: unsigned, the payload of an envelope for a signer. */
export interface Statement<Predicate> {
  readonly _type: typeof STATEMENT_TYPE;
  readonly subject: readonly Resource[];
  readonly predicateType: string;
  readonly predicate: Predicate;
}

export const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';

/** The text of a statement, as it is written. */
export function statementText(statement: Statement<unknown>): string {
  return `${JSON.stringify(statement, null, 2)}\n`;
}
