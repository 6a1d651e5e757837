export { makeCompany, type Company } from './certificates.js';
export { PackageIndex, type Distribution } from './package-index.js';
export { anInterpreter, io, sharedTools, temporaryDirectory } from './tools.js';
