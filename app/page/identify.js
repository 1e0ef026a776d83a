// identify.js: photos in, answers out.

import {answerCard, answerLine, spoken} from './answer.js';
import {openCamera} from './camera.js';
import {announce, byId, make, notify, thumbnail} from './elements.js';
import {ask} from './engine_worker.js';
import {keepAnswer} from './history.js';
import {text, whenLanguage} from './language.js';
import {description, ready} from './loading.js';
import {photoErrorText} from './photo_errors.js';
import {listenToFiles} from './photo_input.js';
import {knownLabels} from './taught.js';
import {startTeaching} from './teach.js';

const queue = [];
let batch = [];      // results of the photos that came together, {answer, features, thumbnail, time}
let current = null;  // the result that the card shows
let working = null;  // {done, all} while photos are looked at
let finished = 0;    // batches
let labelCount = 0;

// Answers photos, one after the other; more may come while it works.
export async function answerPhotos(photos) {
  queue.push(...photos);
  if (working) {
    working.all += photos.length;
    return;
  }
  if (location.hash !== '#identify') location.hash = '#identify';
  batch = [];
  working = {done: 0, all: photos.length};
  while (queue.length) {
    render();
    await answerPhoto(queue.shift());
    working.done += 1;
  }
  working = null;
  render();
  finished += 1;
  document.documentElement.dataset.batches = finished;
  if (batch.length > 1) announce(text('answer.several', {photos: batch.length}));
  else if (batch.length === 1) announce(spoken(batch[0].answer));
}

async function answerPhoto(photo) {
  try {
    await ready;
    const transfer = photo instanceof ImageBitmap ? [photo] : [];
    const result = await ask('classify', {photo}, ({preview}) => showPhoto(preview), transfer);
    current = {...result, time: Date.now()};
    batch.push(current);
    await keepAnswer(current);
  } catch (error) {
    notify(photoErrorText(photo, error));
  }
}

function showPhoto(bitmap) {
  const canvas = byId('photo');
  [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
  canvas.getContext('bitmaprenderer').transferFromImageBitmap(bitmap);
  canvas.hidden = false;
  byId('stage-empty').hidden = true;
}

async function showResult(result) {
  current = result;
  showPhoto(await createImageBitmap(result.thumbnail));
  render();
  byId('answer').scrollIntoView({block: 'nearest'});
}

function render() {
  const busy = byId('busy');
  busy.hidden = !working;
  byId('stage').setAttribute('aria-busy', String(Boolean(working)));
  if (working) {
    const loaded = document.documentElement.dataset.engine === 'ready';
    busy.textContent = !loaded ? text('load.queue') : working.all > 1
      ? text('answer.batch', {done: working.done + 1, all: working.all}) : text('answer.working');
  }
  byId('answer').hidden = !current;
  byId('view-identify').classList.toggle('answered', Boolean(current));
  if (current) {
    byId('answer').replaceChildren(...answerCard(current.answer,
      {labels: knownLabels() ?? labelCount, onTeach: () => startTeaching(current)}));
  }
  byId('batch').replaceChildren(...(batch.length > 1 && !working ? batchList() : []));
}

// Small, each a button that shows its answer again.
function batchList() {
  return [make('h2', {}, text('answer.list')), make('ul', {class: 'rows'}, ...batch.map((result) =>
    make('li', {}, make('button', {type: 'button', class: 'row', 'aria-pressed': String(result === current),
      onclick: () => showResult(result)}, thumbnail(result.thumbnail, 44), ...answerLine(result.answer)))))];
}

byId('open-camera').addEventListener('click', () => openCamera({shots: 1, onShot: (photo) => answerPhotos([photo])}));
listenToFiles('files', answerPhotos);
description.then(({labels}) => { labelCount = labels.length; }, () => {});
whenLanguage(render);
