/** Where projects are built: the variable `build-root` of the templates. */
export const BUILD_ROOT = '/application';
