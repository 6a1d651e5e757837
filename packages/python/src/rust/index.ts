export { cargoLockMissing, cargoLocks, mergeCrates, parseCargoLock } from './cargo-lock.js';
export { fetchCrates } from './fetch-crates.js';
export { projectCrates } from './project-crates.js';
export { findRust, rustPrograms, type RustToolchain } from './rust-toolchain.js';
