// evaluation.js: how good a classifier on these features is, as `verger evaluate --json` says it.

const SPLITS = [
  ['random', 'Random (naive)'], ['angle', 'Unseen angles'], ['axis', 'Unseen rotation axis'],
  ['groups', 'Unseen groups'], ['test', 'Another output'],
];

function splitName(split) {
  return (SPLITS.find(([key]) => key === split) ?? [split, split])[1];
}

function showEvaluation() {
  const evaluation = data.sections.evaluation;
  if (!evaluation) return;
  const body = openSection('evaluation');
  if (evaluation.photos < evaluation.photos_of_output) {
    body.append(make('p', {class: 'notice'},
      `Of ${count(evaluation.photos_of_output)} photos a sample of ${count(evaluation.photos)}: memory did not suffice for more.`));
  }
  if (evaluation.honest) body.append(...honesty(evaluation));
  body.append(splitTable(evaluation), ...beyondSplits(evaluation));
  const split = evaluation.honest?.split;
  if (evaluation[split]) body.append(...reliability(splitName(split).toLowerCase(), evaluation[split]));
  if (data.hashed) {
    body.append(make('p', {class: 'muted'}, 'Paths are stored as hashes: photos are not listed.'));
  }
  showAnswers(body, `Answers: ${splitName(split).toLowerCase()}`, evaluation);
  if (evaluation.label_errors && !data.hashed) showLabelErrors(body, evaluation.label_errors);
  if (evaluation.test) showAnswers(body, 'Answers: another output', evaluation.test);
}

// The naive score never stands alone.
function honesty({honest, test}) {
  const rows = [
    scoreRow(make('s', {}, 'Naive'), 'a random split', honest.naive, 'naive'),
    scoreRow('Honest', splitName(honest.split).toLowerCase(), honest.honest, 'honest'),
  ];
  if (test) rows.push(scoreRow('Another output', counted(test.photos_tested, 'photo', 'photos'), test.accuracy, 'honest'));
  const high = Math.round(10 * honest.inflation) / 10;
  return [
    make('dl', {class: 'scores'}, ...rows),
    make('p', {class: high > 0 ? 'warning' : undefined},
      make('strong', {}, high > 0
        ? `The naive score is ${high.toFixed(1)} points too high` : 'The naive score is not too high'),
      `: ${honest.reason}.`),
  ];
}

function scoreRow(title, note, share, kind) {
  const bar = make('span', {class: `bar ${kind}`});
  bar.style.width = `${100 * share}%`;
  return make('div', {}, make('dt', {}, title, ' ', make('span', {class: 'muted small'}, note)),
    make('dd', {}, make('span', {class: 'bar-track', 'aria-hidden': 'true'}, bar),
      kind === 'naive' ? make('s', {}, percent(share)) : make('strong', {}, percent(share))));
}

function splitTable(evaluation) {
  const splits = SPLITS.filter(([key]) => evaluation[key]);
  const figures = [['Accuracy', 'accuracy'], ['Macro F1', 'macro_f1'], ['Top 3', 'top3'],
    ['Calibration error', 'calibration_error']];
  const number = (title) => ({title, number: true});
  return table('Splits: each with its own training and test photos',
    [{title: 'Split'}, ...figures.map(([title]) => number(title)), number('Sets contain the label'), number('Labels in a set'),
      number('Chance'), number('Trained on'), number('Tested on')],
    splits.map(([key, title]) => {
      const split = evaluation[key];
      const shown = key === evaluation.honest?.split ? make('strong', {}, `${title} (honest)`) : title;
      return [shown, ...figures.map(([, figure]) => shareOrNone(split[figure])), shareOrNone(split.coverage),
        split.set_size === undefined ? '–' : split.set_size.toFixed(2), shareOrNone(split.chance),
        ...[split.photos_trained, split.photos_tested].map((photos) => photos === undefined ? '–' : count(photos))];
    }));
}

function shareOrNone(share) {
  return share === undefined || share === null ? '–' : percent(share);
}

// Unknown fruit, and the background.
function beyondSplits({unknown, background}) {
  const tiles = [];
  if (unknown?.draws > 0) {
    tiles.push(['Unknown fruit, AUROC', unknown.auroc.toFixed(3), `0.5 is chance; ${unknown.draws} draws, `
      + `${counted(unknown.labels_held_out, 'label', 'labels')} held out`]);
    tiles.push(['Known photos accepted', percent(unknown.true_accepts, 0),
      `where ${percent(unknown.false_accepts, 0)} of the unknown are`]);
  }
  if (background?.accuracy !== undefined) {
    tiles.push(['Background alone', percent(background.accuracy),
      `chance ${percent(background.chance)}; far above chance, the background reveals the label`]);
  }
  const parts = tiles.length ? [terms(tiles, {class: 'tiles'})] : [];
  if (background?.reason) parts.push(make('p', {class: 'muted'}, `Background alone: not measured, ${background.reason}.`));
  return parts;
}
