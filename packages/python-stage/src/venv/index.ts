export { makeVenv, type VenvOptions, type VenvResult } from './make-venv.js';
