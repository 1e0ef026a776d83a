// teach.js: five photos and a name make a label that this device knows.

import {openCamera} from './camera.js';
import {announce, byId, icon, make, name, notify, thumbnail} from './elements.js';
import {ask} from './engine_worker.js';
import {reason, text, whenLanguage} from './language.js';
import {ready} from './loading.js';
import {photoErrorText} from './photo_errors.js';
import {listenToFiles} from './photo_input.js';
import * as store from './store.js';
import {samplesOf} from './samples.js';
import {keepTaught, taughtLabels, whenTaught} from './taught.js';

const NEEDED = 5;
const MOST = 20;

let photos = [];  // {features, thumbnail}
let reading = 0;  // photos that are looked at
let busy = false;

// Opens the page with a photo that has been looked at already.
export function startTeaching({features, thumbnail}) {
  if (!photos.some((photo) => photo.features === features)) photos.push({features, thumbnail});
  render();
  addEventListener('hashchange', () => byId('teach-name').focus(), {once: true});
  location.hash = '#teach';
}

export async function addPhotos(files) {
  const room = files.slice(0, Math.max(0, MOST - photos.length - reading));
  reading += room.length;
  render();
  for (const file of room) {
    try {
      await ready;
      const transfer = file instanceof ImageBitmap ? [file] : [];
      const {features, thumbnail} = await ask('classify', {photo: file}, undefined, transfer);
      photos.push({features, thumbnail});
    } catch (error) {
      notify(photoErrorText(file, error));
    }
    reading -= 1;
    render();
  }
  announce(text('teach.count', {photos: photos.length, needed: NEEDED}));
}

async function teach(event) {
  event.preventDefault();
  const label = byId('teach-name').value.trim();
  const missing = NEEDED - photos.length;
  if (!label) return complain('teach.need_name', byId('teach-name'));
  if (missing > 0) return complain('teach.need_photos', byId('teach-camera'), {missing});
  setBusy(true);
  try {
    await keepTaught(await ask('teach', {label, features: photos.map(({features}) => features)}));
    const before = (await store.get('pictures', label)) ?? [];
    await store.put('pictures', label, [...before, ...photos.map(({thumbnail}) => thumbnail)].slice(-MOST));
    notify(text('teach.done', {label, photos: photos.length}), {kind: 'done'});
    photos = [];
    byId('teach-name').value = '';
    renderLabels();
  } catch (error) {
    notify(text('teach.failed', {reason: reason(error)}));
  }
  setBusy(false);
  return undefined;
}

function complain(key, element, values) {
  byId('teach-error').textContent = text(key, values);
  element.focus();
}

function setBusy(now) {
  busy = now;
  byId('teach-error').textContent = '';
  render();
}

async function unteach(label) {
  setBusy(true);
  try {
    await keepTaught(await ask('unteach', {label}));
    await store.remove('pictures', label);
    announce(text('teach.removed', {label}));
    byId('teach-labels-title').focus();
  } catch (error) {
    notify(text('teach.failed', {reason: reason(error)}));
  }
  setBusy(false);
}

function render() {
  const slots = Array.from({length: Math.max(NEEDED, photos.length + reading)}, (_, at) => slot(photos[at], at));
  byId('teach-photos').replaceChildren(...slots);
  byId('teach-count').textContent = text('teach.count', {photos: photos.length, needed: NEEDED});
  const button = byId('teach-button');
  button.disabled = busy || reading > 0;
  button.textContent = text(busy || reading > 0 ? 'teach.working' : 'teach.button');
}

function slot(photo, at) {
  if (!photo) return make('li', {class: at < photos.length + reading ? 'slot reading' : 'slot'}, String(at + 1));
  return make('li', {class: 'slot'}, thumbnail(photo.thumbnail, 72),
    make('button', {type: 'button', class: 'remove', 'aria-label': text('teach.remove_photo', {number: at + 1}), onclick: () => {
      photos = photos.filter((each) => each !== photo);
      render();
      byId('teach-camera').focus();
    }}, icon('close')));
}

function renderLabels() {
  const labels = taughtLabels();
  byId('teach-none').hidden = labels.length > 0;
  byId('teach-export').hidden = labels.length === 0;
  byId('teach-labels').replaceChildren(...labels.map(({label, taught}) =>
    make('li', {class: 'row'}, samplesOf(label, {most: 1, side: 56}),
      make('span', {class: 'row-text'}, make('strong', {}, name(label)),
        make('span', {class: 'muted small'}, text('teach.label_photos', {photos: taught}))),
      make('button', {type: 'button', class: 'quiet', 'aria-label': text('teach.remove', {label}), onclick: () => unteach(label)},
        icon('trash')))));
}

byId('teach-form').addEventListener('submit', teach);
byId('teach-name').addEventListener('input', () => { byId('teach-error').textContent = ''; });
byId('teach-camera').addEventListener('click', () => openCamera({
  shots: NEEDED, taken: Math.min(photos.length, NEEDED - 1), onShot: (photo) => addPhotos([photo])}));
listenToFiles('teach-files', addPhotos);
whenLanguage(() => {
  render();
  renderLabels();
});
whenTaught(renderLabels);
