/** The summary as a plot. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createRequire } from 'node:module';
import { root } from '../workspace.mjs';
import { resultOf } from './page.mjs';

/** @returns an SVG image: a bar for each case, a tick for what is to be reached; the axis is logarithmic */
export async function plotOf(cases) {
  const require = createRequire(join(root, 'tools/bench/plots/package.json'));
  const load = async (name) => await import(pathToFileURL(require.resolve(name)).href);
  const [{ compile }, { parse, View }] = [await load('vega-lite'), await load('vega')];
  const view = new View(parse(compile(specification(cases.map(resultOf))).spec), { renderer: 'none' });
  return `${await view.toSVG()}\n`;
}

function specification(results) {
  const values = results.map(({ group, title, other, ratio, bar }, index) => {
    return { index, label: `${group}: ${title}`, beside: `beside ${other}`, ratio, bar, isReached: ratio <= bar };
  });
  const scale = { type: 'log', domain: [0.05, 8] };
  const y = { field: 'label', type: 'nominal', sort: { field: 'index' }, title: null, axis: { labelLimit: 400 } };
  const reached = {
    field: 'isReached',
    type: 'nominal',
    legend: null,
    scale: { domain: [true, false], range: ['#3a7d44', '#c1666b'] },
  };
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    width: 460,
    background: 'white',
    title: {
      text: 'Our time divided by that of the peer',
      subtitle: 'less is faster; the tick is what is to be reached',
    },
    data: { values },
    layer: [
      { mark: { type: 'rule', color: '#888', strokeDash: [4, 3] }, encoding: { x: { datum: 1 } } },
      {
        mark: { type: 'bar', height: 13 },
        encoding: {
          y,
          x: { field: 'ratio', type: 'quantitative', scale, axis: { title: null, values: [0.1, 0.2, 0.5, 1, 2, 5] } },
          x2: { datum: 1 },
          color: reached,
        },
      },
      {
        mark: { type: 'tick', color: 'black', thickness: 2, height: 17 },
        encoding: { y, x: { field: 'bar', type: 'quantitative' } },
      },
      {
        mark: { type: 'text', align: 'left', dx: 6, fontSize: 10 },
        encoding: { y, x: { datum: 8 }, text: { field: 'ratio', type: 'quantitative', format: '.2f' } },
      },
    ],
  };
}
