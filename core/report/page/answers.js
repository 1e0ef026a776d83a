// answers.js: what a classifier answers: right and wrong, by label and photo by photo.

const LABELS_OF_A_HEAT_MAP = 80;
const PAIRS_AT_FIRST = 12;
const PHOTOS_AT_FIRST = 12;

// Of an evaluation, or of its test.
function showAnswers(body, title, {confusion, mistakes}) {
  if (!confusion) return;
  body.append(make('h3', {}, title));
  const tested = new Map();
  for (const {label, photos} of confusion.counts) tested.set(label, (tested.get(label) ?? 0) + photos);
  const share = (cell) => cell.photos / tested.get(cell.label);
  const wrong = confusion.counts.filter(({label, answer}) => label !== answer)
    .sort((a, b) => b.photos - a.photos);
  if (tested.size === 0) {
    body.append(make('p', {}, 'No photo was tested.'));
    return;
  }
  const labels = confusion.labels.filter((label) => tested.has(label) || wrong.some(({answer}) => answer === label));
  if (labels.length <= LABELS_OF_A_HEAT_MAP) body.append(heatMap(title, labels, confusion.counts, share));
  else {
    body.append(make('p', {class: 'muted'},
      `No heat map: ${count(labels.length)} labels are more than ${LABELS_OF_A_HEAT_MAP}.`));
  }
  body.append(behind('All answers as a table', () => table(`${title}: photos by label and answer`,
    [{title: 'Label'}, {title: 'Answer'}, {title: 'Photos', number: true}, {title: 'Of the label', number: true}],
    confusion.counts.map((cell) => [name(cell.label), name(cell.answer), count(cell.photos), percent(share(cell))]))));
  if (wrong.length === 0) body.append(make('p', {}, 'Every answer is right.'));
  else {
    body.append(make('h4', {}, 'Most confused'), firstOf(wrong, PAIRS_AT_FIRST, 'pairs', {class: 'pairs'}, (cell) => [
      make('span', {}, name(cell.label), ' → ', name(cell.answer)),
      make('span', {class: 'muted'}, `${count(cell.photos)} of ${count(tested.get(cell.label))}`),
    ]));
  }
  if (mistakes?.length && !data.hashed) {
    body.append(make('h4', {}, 'Worst mistakes: the most confident wrong answers'), photoList(mistakes, () => ''));
  }
}

function showLabelErrors(body, photos) {
  body.append(make('h3', {}, 'Labels that are likely wrong'));
  if (photos.length === 0) {
    body.append(make('p', {}, 'None: no held-out answer that contradicts a label agrees with most of the nearest photos.'));
    return;
  }
  body.append(make('p', {class: 'muted'}, 'The held-out answer contradicts the label, and most of the nearest photos have '
    + 'the label that was answered. Look at each before you change it.'),
  photoList(photos, ({of_answer: ofAnswer, neighbours}) => `; so are ${ofAnswer} of ${neighbours} nearest photos`));
}

// Photos with label, answer and how sure it was; `note`: what else to print about a photo.
function photoList(photos, note) {
  return firstOf(photos, PHOTOS_AT_FIRST, 'photos', {class: 'groups'}, (photo) => [
    photo.thumbnail >= 0 ? make('div', {class: 'pictures'}, thumbnail(photo.thumbnail, '')) : null,
    make('div', {},
      make('span', {}, make('strong', {}, name(photo.answer)), ` ${percent(photo.probability)}`,
        make('span', {class: 'muted'}, note(photo))),
      make('span', {class: 'muted'}, 'labelled ', name(photo.label), ` ${percent(photo.label_probability)}`),
      shortPath(photo.path)),
  ]);
}

// A list of the first, and a button for the rest. `parts`: what an item is made of.
function firstOf(all, most, what, attributes, parts) {
  const list = make('ul', attributes);
  const add = (some) => list.append(...some.map((each) => make('li', {}, ...parts(each))));
  add(all.slice(0, most));
  if (all.length <= most) return list;
  const button = make('button', {type: 'button', onclick: () => {
    button.remove();
    const before = list.childElementCount;
    add(all.slice(most));
    list.children[before].tabIndex = -1;  // the keyboard goes on where the list does
    list.children[before].focus();
  }}, `Show all ${count(all.length)} ${what}`);
  return make('div', {class: 'more'}, list, button);
}

// Rows: labels, columns: answers. The darker, the larger the share of the label's photos.
function heatMap(title, labels, counts, share) {
  const side = Math.max(11, Math.min(30, Math.floor(640 / labels.length)));
  const letters = Math.min(18, Math.max(...labels.map((label) => [...label].length)));
  const margin = 14 + Math.round(letters * 6.3);
  const length = margin + side * labels.length;
  const place = new Map(labels.map((label, at) => [label, margin + at * side]));
  const right = counts.filter(({label, answer}) => label === answer).reduce((sum, {photos}) => sum + photos, 0);
  const all = counts.reduce((sum, {photos}) => sum + photos, 0);
  const svg = makeSvg('svg', {viewBox: `0 0 ${length} ${length}`, width: length, height: length, role: 'img',
    'aria-label': `Heat map of labels and answers: ${count(right)} of ${count(all)} photos were answered correctly; a table follows`});
  const text = (content, attributes) => {
    const element = makeSvg('text', {class: 'axis', ...attributes});
    const shown = [...content];
    element.textContent = shown.length > letters ? `${shown.slice(0, letters - 1).join('')}…` : content;
    svg.append(element);
  };
  svg.append(makeSvg('rect', {x: margin, y: margin, width: length - margin, height: length - margin, class: 'ground'}));
  for (const label of labels) {
    const middle = place.get(label) + side / 2;
    text(label, {x: margin - 5, y: middle + 3.5, 'text-anchor': 'end'});
    text(label, {'text-anchor': 'start', transform: `translate(${middle + 3.5} ${margin - 5}) rotate(-90)`});
  }
  for (const cell of counts) {
    const title = makeSvg('title');
    title.textContent = `${cell.label} → ${cell.answer}: ${counted(cell.photos, 'photo', 'photos')}, ${percent(share(cell))} of the label`;
    svg.append(makeSvg('rect', {x: place.get(cell.answer) + 0.5, y: place.get(cell.label) + 0.5, width: side - 1, height: side - 1,
      class: cell.label === cell.answer ? 'right' : 'wrong', 'fill-opacity': (0.25 + 0.75 * share(cell)).toFixed(2)}, title));
  }
  return make('div', {class: 'heat'},
    make('p', {class: 'muted small'}, 'Rows: the label; columns: the answer. ',
      make('span', {class: 'key right-key', 'aria-hidden': 'true'}), 'right, ',
      make('span', {class: 'key wrong-key', 'aria-hidden': 'true'}), 'wrong; the stronger, the more of the label.'),
    make('div', {class: 'scroll plot', tabindex: '0', role: 'region', 'aria-label': `Heat map. ${title}`}, svg));
}
