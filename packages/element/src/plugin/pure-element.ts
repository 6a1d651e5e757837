import { type ActionBuilder, Element } from './element.js';

/**
 * An element that runs nothing: its artifact is a part of what is staged, without a sandbox. Unless a kind says
 * otherwise nothing is staged, and the whole root is collected.
 */
export abstract class PureElement extends Element {
  override get runsCommands(): boolean {
    return false;
  }

  override configureSandbox(_sandbox: ActionBuilder): void {
    return;
  }

  override stage(_sandbox: ActionBuilder): void {
    return;
  }

  override assemble(_sandbox: ActionBuilder): string {
    return '/';
  }
}
