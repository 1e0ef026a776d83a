// history.js: the answers of this device, the newest first.

import {answerLine} from './answer.js';
import {announce, byId, make, thumbnail} from './elements.js';
import {dateTime, text, whenLanguage} from './language.js';
import * as store from './store.js';

const PAGE = '#history';
let unkept = false;  // whether the browser refuses to store anything

// Stores an answer: a thumbnail, the answer, the time.
export async function keepAnswer({answer, thumbnail, time}) {
  try {
    await store.addAnswer({time, thumbnail, answer});
  } catch {
    unkept = true;
  }
  if (location.hash === PAGE) await render();
}

async function render() {
  const answers = await store.allAnswers().catch(() => {
    unkept = true;
    return [];
  });
  const message = unkept ? text('history.unkept') : answers.length ? '' : text('history.empty');
  byId('history-empty').textContent = message;
  byId('history-empty').hidden = !message;
  byId('history-clear').hidden = answers.length === 0;
  byId('history-list').replaceChildren(...answers.map(({time, thumbnail: picture, answer}) =>
    make('li', {class: 'row'}, thumbnail(picture, 56),
      make('span', {class: 'row-text'}, ...answerLine(answer),
        make('time', {class: 'muted small', datetime: new Date(time).toISOString()}, dateTime(time))))));
}

byId('history-clear').addEventListener('click', async () => {
  await store.clear('answers');
  await render();
  byId('history-title').focus();
  announce(text('history.cleared'));
});
addEventListener('hashchange', () => location.hash === PAGE && render());
whenLanguage(render);
