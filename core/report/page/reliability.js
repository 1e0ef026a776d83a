// reliability.js: how often answers of a probability are right.

const RELIABILITY_SIDE = 300;

// Of a split of an evaluation: each bin of probabilities is a disc, the larger, the more photos.
function reliability(title, {reliability: bins, calibration_error: error}) {
  if (!bins?.length) return [];
  const text = `Probabilities differ from the share of right answers by ${(100 * error).toFixed(1)} points on average.`;
  return [
    make('h3', {}, `Probabilities: ${title}`),
    make('p', {}, text, ' ', make('span', {class: 'muted'},
      'Below the line, answers are less often right than their probability promises; above it, more often.')),
    make('div', {class: 'plot reliability'}, drawReliability(bins, text)),
    behind('The plot as a table', () => table(`Answers by probability: ${title}`,
      [{title: 'Mean probability', number: true}, {title: 'Right answers', number: true}, {title: 'Photos', number: true}],
      bins.map(({probability, accuracy, photos}) => [percent(probability), percent(accuracy), count(photos)]))),
  ];
}

function drawReliability(bins, label) {
  const side = RELIABILITY_SIDE, left = 58, bottom = 34, edge = 20;
  const across = (share) => left + share * (side - left - edge);
  const up = (share) => side - bottom - share * (side - bottom - edge);
  const svg = makeSvg('svg', {viewBox: `0 0 ${side} ${side}`, width: side, height: side, role: 'img', 'aria-label': label});
  const text = (x, y, content, attributes) => {
    const element = makeSvg('text', {x, y, class: 'axis', ...attributes});
    element.textContent = content;
    svg.append(element);
  };
  for (const share of [0, 0.5, 1]) {
    svg.append(makeSvg('line', {x1: left, x2: across(1), y1: up(share), y2: up(share), class: 'base'}));
    text(left - 6, up(share) + 4, percent(share, 0), {'text-anchor': 'end'});
    text(across(share), side - bottom + 15, percent(share, 0), {'text-anchor': 'middle'});
  }
  text(across(0.5), side - 4, 'probability of the answer', {'text-anchor': 'middle'});
  text(0, 0, 'right answers', {'text-anchor': 'middle', transform: `translate(11 ${up(0.5)}) rotate(-90)`});
  svg.append(makeSvg('line', {x1: left, y1: up(0), x2: across(1), y2: up(1), class: 'mark'}));
  const most = Math.max(...bins.map(({photos}) => photos));
  for (const {probability, accuracy, photos} of bins) {
    const title = makeSvg('title');
    title.textContent = `${percent(probability)}: ${percent(accuracy)} of ${counted(photos, 'answer', 'answers')} right`;
    const radius = Math.max(2.5, 11 * Math.sqrt(photos / most));  // areas in the ratio of photos
    svg.append(makeSvg('circle', {cx: across(probability).toFixed(1), cy: up(accuracy).toFixed(1), r: radius.toFixed(1), class: 'bin'}, title));
  }
  return svg;
}
