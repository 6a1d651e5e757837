/**
 * Takes down what of the file system an answer depends on, so that the answer can be remembered. Each is said before it is
 * looked at: what changes later is then another state than the one taken down.
 */
export interface Looks {
  /** The content of a file, or that there is none. @param path absolute */
  file(path: string): void;
  /** The names in a directory, or that there is none. @param path absolute */
  directory(path: string): void;
}
