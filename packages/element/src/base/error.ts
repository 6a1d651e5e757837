import { formatOrigin, nameInProject, type Origin } from './origin.js';

/**
 * The codes of errors a user can cause. The load codes are BuildStream's `LoadErrorReason`s under their own names.
 * A package above this one adds its codes by declaration merging, so the union stays closed and checked.
 *
 * @public
 */
export interface ErrorCodes {
  /** A file to load does not exist. */
  MISSING_FILE: true;
  /** A directory is at the path of a file to load. */
  LOADING_DIRECTORY: true;
  /** A file is not valid YAML. */
  INVALID_YAML: true;
  /** A text is not UTF-8. */
  ENCODING: true;
  /** A fifo, a socket or a device is at the path of a file. */
  NOT_A_FILE: true;
  /** A value has the wrong type, or is not one of those allowed. */
  INVALID_DATA: true;
  /** Values of different types cannot be composited. */
  ILLEGAL_COMPOSITE: true;
  /** A list directive has no list to apply to. */
  TRAILING_LIST_DIRECTIVE: true;
  /** Elements depend on one another in a cycle. */
  CIRCULAR_DEPENDENCY: true;
  /** Variables refer to one another in a cycle. */
  CIRCULAR_REFERENCE_VARIABLE: true;
  /** A variable is used and not defined. */
  UNRESOLVED_VARIABLE: true;
  /** A variable is set that only Wheelhouse may set. */
  PROTECTED_VARIABLE_REDEFINED: true;
  /** An element lists a dependency twice. */
  DUPLICATE_DEPENDENCY: true;
  /** A project has no project.conf. */
  MISSING_PROJECT_CONF: true;
  /** A project.conf is not valid. */
  INVALID_PROJECT_CONF: true;
  /** A project needs another version of the format. */
  UNSUPPORTED_PROJECT: true;
  /** A plugin needs another version of the format. */
  UNSUPPORTED_PLUGIN: true;
  /** A plugin cannot be loaded. */
  PLUGIN_LOAD: true;
  /** The name of a project, a variable or an option has characters that it may not have. */
  INVALID_SYMBOL_NAME: true;
  /** The name of an element does not end in `.bst`. */
  BAD_ELEMENT_SUFFIX: true;
  /** The name of an element has characters that it may not have. */
  BAD_CHARACTERS_IN_NAME: true;
  /** A path does not exist, or is outside the project. */
  PROJ_PATH_INVALID: true;
  /** A path of the project is not the kind of file that is needed. */
  PROJ_PATH_INVALID_KIND: true;
  /** The host lacks a program that a plugin needs. */
  HOST_TOOL: true;
  /** A toolchain cannot be read, or is not what the element requires. */
  TOOLCHAIN: true;
  /** A source cannot be found, read, fetched or verified. */
  SOURCE: true;
  /** Two staged artifacts conflict in one root. */
  STAGING: true;
  /** A build produced something that an artifact cannot contain, or nothing at all. */
  ARTIFACT: true;
  /** No sandbox can run here, or none can run this action. */
  SANDBOX: true;
  /** A command of an element exited with a nonzero code. */
  COMMAND_FAILED: true;
  /** The code of a plugin threw an error, or returned an invalid value. */
  PLUGIN: true;
  /** A system call failed for a reason outside this program: a full disk, a missing permission, a path too long. */
  SYSTEM: true;
  /** The store on disk is unreadable, full, or has bytes that do not match their digest. */
  STORE: true;
  /** The command line is not valid. */
  USAGE: true;
}

/** One of the closed set of user errors. @public */
export type ErrorCode = keyof ErrorCodes;

/** The parts of an {@link ElementError}. @public */
export interface ElementErrorInit {
  readonly code: ErrorCode;
  /** What is wrong, naming the offending value in backticks; without the place. */
  readonly message: string;
  /** The place in a file, if there is one. */
  readonly origin?: Origin | undefined;
  /** What to do about it. */
  readonly hint?: string | undefined;
  /** Text too long for the message: the tail of a log, a tool's own message. */
  readonly detail?: string | undefined;
  /** The name of the element whose build the error ended. */
  readonly element?: string | undefined;
  readonly cause?: unknown;
}

/** An error that the user can fix. A bug is a plain `Error`. @public */
export class ElementError extends Error {
  readonly code: ErrorCode;
  readonly origin: Origin | undefined;
  readonly hint: string | undefined;
  readonly detail: string | undefined;
  /** The name of the element whose build it ended; absent if no build had begun. */
  readonly element: string | undefined;
  /** The message without its place. */
  readonly reason: string;

  constructor(init: ElementErrorInit) {
    super(init.origin === undefined ? init.message : `${formatOrigin(init.origin)}: ${init.message}`, {
      cause: init.cause,
    });
    this.name = 'ElementError';
    this.code = init.code;
    this.origin = init.origin;
    this.hint = init.hint;
    this.detail = init.detail;
    this.element = init.element;
    this.reason = init.message;
  }

  /** The same error at a place, unless it has one. */
  at(origin: Origin | undefined): ElementError {
    if (origin === undefined || this.origin !== undefined) return this;
    const { code, reason: message, hint, detail, element, cause } = this;
    return new ElementError({ code, message, origin, hint, detail, element, cause });
  }

  /** The same error as that which ended the build of an element, whose name it says. */
  ofElement(name: string): ElementError {
    const { code, reason, origin, hint, detail, cause } = this;
    const file = origin === undefined ? undefined : nameInProject(origin.file, origin.junction);
    const named = reason.startsWith(name) || file === name;
    const message = named ? reason : `${name}: ${reason}`;
    return new ElementError({ code, message, origin, hint, detail, element: name, cause });
  }

  /** The same error, with `context` said first: the layer that could not go on because of it. */
  within(context: string): ElementError {
    return new ElementError({
      code: this.code,
      message: `${context}: ${this.reason}`,
      origin: this.origin,
      hint: this.hint,
      detail: this.detail,
      element: this.element,
      cause: this,
    });
  }
}

/** All user errors that one pass found, ordered by position. Never empty, never nested. @public */
export class ElementErrors extends AggregateError {
  override readonly errors: ElementError[];

  constructor(errors: readonly ElementError[]) {
    super(errors, errors.map((error) => error.message).join('\n'));
    this.name = 'ElementErrors';
    this.errors = [...errors];
  }
}

/** Throws what was collected: nothing, the one error, or all of them together. */
export function throwCollected(errors: readonly ElementError[]): void {
  const [first] = errors;
  if (first === undefined) return;
  throw errors.length === 1 ? first : new ElementErrors(errors);
}

/**
 * The text shown for a user error: where and what, then the detail, then the hint, each on lines of its own.
 * The one printer of user errors; it writes no colour and no trailing newline.
 */
export function formatError(error: ElementError | ElementErrors): string {
  if (error instanceof ElementErrors) return error.errors.map(formatError).join('\n');
  const lines = [error.message];
  if (error.detail !== undefined) lines.push(error.detail.replace(/\n+$/, ''));
  if (error.hint !== undefined) lines.push(`hint: ${error.hint}`);
  return lines.join('\n');
}
