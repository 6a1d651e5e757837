import { composite } from '../load/composition/composite.js';
import { readDataFile } from '../load/documents/data-file.js';
import { processDirectives } from '../load/directives/process-directives.js';
import { ErrorCollector } from '../base/error-collector.js';
import { MappingNode } from '../load/node.js';
import type { LoadedProject, Project } from '../load/declarations/project.js';
import { refuseProtectedVariables } from '../load/composition/variables.js';
import type { ElementKind } from '../plugin/element.js';
import type { KindIdentity } from '../plugin/plugin.js';
import type { Registered } from '../plugin/registry.js';

/** The layers that all elements of one kind start from: the project's, the kind's own, and the project's for the kind. */
export interface KindLayers {
  readonly identity: KindIdentity;
  readonly variables: MappingNode;
  readonly environment: MappingNode;
  readonly environmentNocache: readonly string[];
  readonly sandbox: MappingNode;
  readonly config: MappingNode;
  readonly public: MappingNode;
}

const KEYS = ['variables', 'environment', 'environment-nocache', 'sandbox', 'config', 'public'];

/** @throws ElementErrors if the kind's defaults, or the project's for the kind, are not as they must be */
export async function layersOfKind(
  loaded: LoadedProject,
  { type, origin }: Registered<ElementKind>,
): Promise<KindLayers> {
  const { project } = loaded;
  const { node, digest } = await readDefaults(type, loaded);
  const override = project.elementOverrides.get(type.kind);
  const errors = new ErrorCollector();
  const layered = (key: string, below: MappingNode): MappingNode =>
    errors.attempt(() => {
      let composed = below;
      for (const layer of [node?.mapping(key), override?.mapping(key)]) {
        if (layer !== undefined) composed = composite(composed, layer);
      }
      return composed;
    }) ?? below;
  const empty = MappingNode.empty({ file: node?.origin.file ?? type.kind, line: 1, column: 0 });
  errors.attempt(() => {
    const variables = node?.mapping('variables');
    if (variables !== undefined) refuseProtectedVariables(variables);
  });
  const layers: KindLayers = {
    identity: {
      kind: type.kind,
      formatVersion: type.formatVersion,
      ...(digest === undefined ? {} : { defaults: digest }),
      ...(origin === undefined ? {} : { origin }),
    },
    variables: layered('variables', project.variables),
    environment: layered('environment', project.environment),
    environmentNocache: [
      ...project.environmentNocache,
      ...[node, override].flatMap(
        (layer) =>
          errors.attempt(() =>
            layer
              ?.sequence('environment-nocache')
              ?.scalars()
              .map((item) => item.asString()),
          ) ?? [],
      ),
    ],
    sandbox: layered('sandbox', project.sandbox),
    config: layered('config', empty),
    public: layered('public', publicOfProject(project)),
  };
  errors.throwIfAny();
  return layers;
}

async function readDefaults(
  type: ElementKind,
  { documents }: LoadedProject,
): Promise<{ readonly node?: MappingNode; readonly digest?: string }> {
  if (type.defaults === undefined) return {};
  const { node: document, digest } = readDataFile(type.defaults);
  const errors = new ErrorCollector();
  const node = await processDirectives(document, { documents, errors });
  errors.attempt(() => {
    node.validateKeys(KEYS);
  });
  errors.throwIfAny();
  return { node, digest };
}

/** The project's split rules, where an element's public data has them. */
function publicOfProject(project: Project): MappingNode {
  const { splitRules } = project;
  const bst = new MappingNode(new Map([['split-rules', splitRules]]), splitRules.origin);
  return new MappingNode(new Map([['bst', bst]]), splitRules.origin);
}
