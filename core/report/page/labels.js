// labels.js: photos of each label, as bars and as samples.

const LABELS_AT_FIRST = 100;

function showLabels() {
  if (data.labels.length === 0) return;
  const body = openSection('labels');
  const most = Math.max(...data.labels.map((label) => label.rows + label.rejects));
  const anyRejects = data.labels.some((label) => label.rejects > 0);
  const rows = make('tbody');
  const sorts = {
    name: (a, b) => a - b,
    most: (a, b) => total(b) - total(a) || a - b,
    fewest: (a, b) => total(a) - total(b) || a - b,
  };
  let limit = LABELS_AT_FIRST;
  const more = make('button', {type: 'button', onclick: () => { limit = Infinity; fill(); }},
    `Show all ${count(data.labels.length)} labels`);
  const select = make('select', {onchange: () => fill()},
    make('option', {value: 'name'}, 'name'),
    make('option', {value: 'most'}, 'most photos first'),
    make('option', {value: 'fewest'}, 'fewest photos first'));
  const fill = () => {
    const order = data.labels.map((label, at) => at).sort(sorts[select.value]);
    rows.replaceChildren(...order.slice(0, limit).map((at) => labelRow(at, most, anyRejects)));
    more.hidden = order.length <= limit;
  };
  body.append(
    make('div', {class: 'controls'}, make('label', {}, 'Sort by ', select)),
    make('table', {class: 'labels'},
      make('caption', {class: 'visually-hidden'}, 'Photos of each label'),
      make('thead', {}, make('tr', {}, make('th', {scope: 'col'}, 'Label'),
        make('th', {scope: 'col'}, 'Photos'),
        anyRejects ? make('th', {scope: 'col', class: 'number'}, 'Rejects') : null,
        thumbnails.count ? make('th', {scope: 'col', class: 'samples'}, 'Samples') : null)),
      rows),
    more);
  fill();
}

function total(at) {
  return data.labels[at].rows + data.labels[at].rejects;
}

function labelRow(at, most, anyRejects) {
  const label = data.labels[at];
  const bar = make('span', {class: 'bar', 'aria-hidden': 'true'});
  bar.style.width = `${100 * label.rows / most}%`;
  bar.style.background = cssColour(colourOfLabel(at));
  const sample = label.thumbnails.length
    ? strip(label.thumbnails, counted(label.thumbnails.length, 'sample', 'samples')) : '';
  return make('tr', {},
    make('th', {scope: 'row'}, name(label.name)),
    make('td', {}, make('div', {class: 'bar-cell'},
      make('span', {class: 'bar-track', 'aria-hidden': 'true'}, bar),
      make('span', {class: 'number'}, count(label.rows)))),
    anyRejects ? make('td', {class: 'number'}, label.rejects ? count(label.rejects) : '–') : null,
    thumbnails.count ? make('td', {class: 'samples'}, sample) : null);
}
