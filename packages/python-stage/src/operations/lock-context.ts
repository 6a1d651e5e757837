import type { Progress } from '@wheelhouse/oci/internal';
import type { PythonEngine } from '../workspace/python-engine.js';
import type { PythonWorkspace } from '../workspace/python-workspace.js';

/** What pinning toolchains works with. */
export interface LockContext {
  readonly workspace: PythonWorkspace;
  readonly engine: PythonEngine;
  readonly progress: Progress;
}
