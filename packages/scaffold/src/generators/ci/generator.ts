import { detectPackageManager, logger, type Tree } from '@nx/devkit';
import type { CiGeneratorSchema } from './schema.js';
import { GITHUB_FILE, githubWorkflow } from '../../ci/github.js';
import { addJobs, GITLAB_FILE, GITLAB_STORE, gitlabJobs } from '../../ci/gitlab.js';
import type { Pipeline } from '../../ci/pipeline.js';
import { oneOf, shown } from '../../errors.js';
import { Changes } from '../../merge/changes.js';
import { addIgnored } from '../../merge/ignore-lines.js';
import { reportText } from '../../merge/report.js';

/** Writes a pipeline, or adds its jobs to the one that is there. */
export default function ci(tree: Tree, options: CiGeneratorSchema): void {
  try {
    const provider = oneOf('provider', options.provider, ['github', 'gitlab'] as const);
    const changes = new Changes(tree);
    const pipeline: Pipeline = {
      branch: options.branch ?? 'main',
      stage: options.stage ?? false,
      packageManager: detectPackageManager(tree.root),
    };
    if (provider === 'github') {
      changes.write(GITHUB_FILE, githubWorkflow(pipeline));
    } else {
      writeGitlab(changes, gitlabJobs(pipeline));
      changes.edit('.gitignore', addIgnored(changes.tree.read('.gitignore', 'utf8') ?? '', [GITLAB_STORE]));
    }
    const report = reportText(changes);
    if (report !== '') logger.info(report);
  } catch (error) {
    throw shown(error);
  }
}

function writeGitlab(changes: Changes, jobs: string): void {
  const present = changes.tree.read(GITLAB_FILE, 'utf8');
  if (present === null) {
    changes.write(GITLAB_FILE, jobs);
    return;
  }
  const added = addJobs(present, jobs);
  changes.edit(GITLAB_FILE, added.text);
  for (const { present: before, wanted } of added.kept) changes.keep(GITLAB_FILE, before, wanted);
}
