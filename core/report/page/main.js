// main.js: section after section; a fault in one costs that one.

for (const show of [showHead, showMap, showLabels, showVariance, showEnds, showDuplicates, showRejects,
  showEvaluation, showRun, showSettings]) {
  try {
    show();
  } catch (error) {
    console.error(error);
  }
}
document.documentElement.dataset.ready = 'true';
