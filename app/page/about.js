// about.js: what the app knows, what it keeps, whether it works without a network.

import {byId, icon, make, name} from './elements.js';
import {text, whenLanguage} from './language.js';
import {description} from './loading.js';
import {offlineState, whenOffline} from './offline.js';
import {samplesOf} from './samples.js';

let app = null;
let installation = null;  // the browser's offer, where it makes one

function render() {
  if (app) {
    const photos = app.labels.reduce((sum, each) => sum + each.photos, 0);
    byId('about-labels').textContent = text('about.labels', {labels: app.labels.length, photos});
    byId('about-version').textContent = text('about.version', {version: app.version.slice(0, 12), network: app.network});
  }
  byId('about-install').hidden = !installation;
}

// Drawn when it is opened: hundreds of labels cost nothing before.
function showLabels() {
  const box = byId('about-all');
  if (!app || !byId('about-details').open || box.childElementCount) return;
  box.append(...app.labels.map(({label}) =>
    make('li', {}, samplesOf(label, {most: 1, side: 56}), make('span', {}, name(label)))));
}

byId('about-details').addEventListener('toggle', showLabels);
byId('about-install').append(icon('install'), make('span', {'data-text': 'about.install'}, text('about.install')));
byId('about-install').addEventListener('click', async () => {
  await installation.prompt();
  installation = null;
  render();
});
addEventListener('beforeinstallprompt', (event) => {
  event.preventDefault();
  installation = event;
  render();
});
description.then((read) => {
  app = read;
  if (app.name) for (const element of document.querySelectorAll('.app-name')) element.textContent = app.name;
  render();
}, () => {});
const renderOffline = () => { byId('about-offline').textContent = text(`about.offline_${offlineState()}`); };
whenLanguage(render);
whenLanguage(renderOffline);
whenOffline(renderOffline);
