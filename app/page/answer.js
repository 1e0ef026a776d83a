// answer.js: one answer, as people read it.

import {icon, make, name} from './elements.js';
import {list, percent, text} from './language.js';
import {samplesOf} from './samples.js';

const SURE = 0.9;
const MOST_OF_A_SET = 5;

// The card of an answer {label, probability, unknown, set, top, novelty}. `labels`: how many are known;
// `onTeach`: called when the user wants to teach an unknown fruit.
export function answerCard(answer, {labels, onTeach}) {
  return answer.unknown ? unknownCard(answer, labels, onTeach) : knownCard(answer);
}

function knownCard(answer) {
  const sure = answer.probability >= SURE;
  return [
    make('p', {class: 'overline'}, text(sure ? 'answer.sure' : 'answer.likely')),
    make('div', {class: 'answer-head'}, make('h2', {class: 'answer-label', id: 'answer-label'}, name(answer.label)),
      make('p', {class: 'share'}, percent(answer.probability))),
    bars(answer),
    answer.set.length > 1 && make('p', {class: 'set'}, setText(answer.set)),
    // Without any, the style shows nothing.
    make('div', {class: 'compare'}, make('h3', {}, text('answer.samples', {label: answer.label})),
      samplesOf(answer.label, {most: 4, side: 110, spoken: text('answer.samples', {label: answer.label})})),
  ].filter(Boolean);
}

function setText(set) {
  const more = set.length - MOST_OF_A_SET;
  return more > 1 ? text('answer.set_many', {labels: list(set.slice(0, MOST_OF_A_SET)), more})
    : text('answer.set', {labels: list(set)});
}

function unknownCard(answer, labels, onTeach) {
  return [
    make('p', {class: 'overline'}, icon('question')),
    make('h2', {class: 'answer-label', id: 'answer-label'}, text('answer.unknown')),
    make('p', {}, text('answer.unknown_why', {labels})),
    bars(answer),
    make('p', {class: 'actions'},
      make('button', {type: 'button', class: 'primary', onclick: onTeach}, icon('teach'), text('answer.teach'))),
  ];
}

// The likeliest labels, each with a photo, a bar and its probability; of unknown fruit without the
// numbers, which hold only if it is one of the labels.
function bars(answer) {
  return make('ol', {class: answer.unknown ? 'bars faint' : 'bars'}, ...answer.top.map(({label, probability}) => {
    const bar = make('span', {class: 'bar', 'aria-hidden': 'true'}, make('span'));
    bar.firstChild.style.width = `${(100 * probability).toFixed(1)}%`;
    return make('li', {}, samplesOf(label, {most: 1, side: 44}),
      make('span', {class: 'bar-label'}, name(label)), !answer.unknown && make('span', {class: 'number'}, percent(probability)), bar);
  }));
}

// What a screen reader says of it.
export function spoken(answer) {
  return answer.unknown ? text('answer.unknown')
    : text('answer.spoken', {label: answer.label, share: percent(answer.probability)});
}

// A line of a list: the label, or that it is unknown, and how sure the answer is.
export function answerLine(answer) {
  return answer.unknown
    ? [make('strong', {class: 'unknown'}, text('history.unknown'))]
    : [make('strong', {}, name(answer.label)), make('span', {class: 'number muted'}, percent(answer.probability))];
}
