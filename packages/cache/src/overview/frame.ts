import { Html, markup, type Part } from './html.js';
import { STYLE, styleSource } from './style.js';

/**
 * What a browser may do with a page: nothing but show it with its own style and send its forms back. There is no script,
 * so that a name which holds one can do nothing even if it were not escaped.
 */
export const PAGE_POLICY: string = [
  "default-src 'none'",
  `style-src ${styleSource()}`,
  'img-src data:',
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** A wheel, drawn in the colour of the text around it. */
export const MARK: Html = markup`<svg viewBox="0 0 36 36" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2.5"><circle cx="18" cy="18" r="11" /><circle cx="18" cy="18" r="3.5" /><path d="M18 1.5v13M18 21.5v13M1.5 18h13M21.5 18h13M6.3 6.3l9.2 9.2M20.5 20.5l9.2 9.2M29.7 6.3l-9.2 9.2M15.5 20.5l-9.2 9.2" /></svg>`;

const ICON = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 36 36" fill="none" stroke="#2463c4" stroke-width="3"><circle cx="18" cy="18" r="11"/><path d="M18 1v34M1 18h34M6 6l24 24M30 6L6 30"/></svg>',
)}`;

/** The style is no template of ours: it holds no part from elsewhere, and is put in as it is, for its hash. */
const STYLE_ELEMENT = new Html(`<style>${STYLE}</style>`);

/** A whole page. */
export function frame(title: string, body: Part): string {
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<link rel="icon" href="${ICON}">
${STYLE_ELEMENT}
</head>
<body>
${body}
</body>
</html>
`.text;
}
