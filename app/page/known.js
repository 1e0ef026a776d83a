// known.js: before the first answer, some of the fruits that can be identified.

import {byId, make, name} from './elements.js';
import {text, whenLanguage} from './language.js';
import {description, ready} from './loading.js';
import {samplesOf} from './samples.js';

const MOST = 12;
let labels = [];

// `labels` evenly spread: neighbours by name are often alike.
function some() {
  const step = Math.max(1, labels.length / MOST);
  return Array.from({length: Math.min(MOST, labels.length)}, (_, at) => labels[Math.floor(at * step)]);
}

function render() {
  const box = byId('known');
  box.hidden = labels.length === 0;
  if (box.hidden) return;
  const title = labels.length > MOST ? 'identify.known' : 'identify.known_all';
  box.replaceChildren(make('h2', {}, text(title, {labels: labels.length})),
    make('ul', {class: 'strip', tabindex: '0', 'aria-label': text(title, {labels: labels.length})}, ...some().map(({label}) =>
      make('li', {}, samplesOf(label, {most: 1, side: 64}), name(label)))));
}

// After the engine, so that nothing delays the first answer.
Promise.all([description, ready]).then(([app]) => {
  labels = app.samples.path ? app.labels : [];
  render();
}, () => {});
whenLanguage(render);
