import { frame, MARK } from './frame.js';
import { markup } from './html.js';

/** The form that asks for a token. @param problem what was wrong with the last one */
export function signInPage(problem?: string): string {
  const title = `${problem === undefined ? '' : 'Not signed in · '}Wheelhouse cache`;
  const input =
    problem === undefined
      ? markup`<input id="token" name="token" type="password" autocomplete="current-password" spellcheck="false" required autofocus aria-describedby="hint">`
      : markup`<input id="token" name="token" type="password" autocomplete="current-password" spellcheck="false" required autofocus aria-invalid="true" aria-describedby="problem hint">`;
  return frame(
    title,
    markup`<main class="sign-in">
<div class="card">
<div class="brand">${MARK}<h1>Wheelhouse cache</h1></div>
${problem === undefined ? '' : markup`<p class="error" id="problem" role="alert">${problem}</p>`}
<form method="post" action="/sign-in">
<input type="text" autocomplete="username" value="wheelhouse-cache" hidden>
<label for="token">Read token</label>
${input}
<p class="muted" id="hint">A token of the tier read, trusted or admin. It is kept for this session only.</p>
<button>Sign in</button>
</form>
</div>
</main>`,
  );
}
