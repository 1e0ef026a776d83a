// worker.js: photos and the engine, beside the page, so that the page never stops.
//
// Each message {id, operation, values} is answered by {id, result} or {id, error}, in order.

import {Engine} from './engine.js';
import {download} from './download.js';
import {decodePhoto, picturesOf} from './photo.js';

let app;
let engine;
let teachFile;  // a promise of the covariance that teaching needs

function fileOf(path) {
  return app.files.find((file) => file.path === path);
}

const operations = {
  // Downloads and starts the engine; reports {part, all} bytes as they arrive.
  async load({description}, report) {
    app = description;
    const files = [Engine.moduleName(), 'network.bin', 'classifier.bin'].map(fileOf);
    const all = files.reduce((sum, file) => sum + file.bytes, 0);
    let part = 0;
    const onBytes = (bytes) => {
      part += bytes;
      report({part, all});
    };
    const [module, network, classifier] = await Promise.all(files.map((file) => download(file, onBytes)));
    engine = await Engine.load({module: module.buffer, network, classifier});
  },

  // The answer to a photo, with its features, so that it can be taught, and a thumbnail.
  async classify({photo}, report) {
    const pixels = await decodePhoto(photo);
    const {preview, thumbnail} = await picturesOf(pixels);
    report({preview}, [preview]);
    const features = engine.features(pixels.pixels, pixels.width, pixels.height);
    return {answer: engine.classify(features, 3), features, thumbnail};
  },

  async teach({label, features}) {
    await needTeachFile();
    engine.teach(label, features);
    return taught();
  },

  async unteach({label}) {
    await needTeachFile();
    engine.unteach(label);
    return taught();
  },

  async importTaught({bytes}) {
    await needTeachFile();
    engine.importTaught(bytes);
    return taught();
  },
};

function taught() {
  return {labels: engine.labels(), bytes: engine.exportTaught()};
}

async function needTeachFile() {
  const file = fileOf('teach.bin');
  if (!file) return;
  teachFile ??= download(file).then((bytes) => engine.loadTeach(bytes));
  try {
    await teachFile;
  } catch (error) {
    teachFile = undefined;  // the next try downloads again
    throw error;
  }
}

let last = Promise.resolve();

self.onmessage = ({data: {id, operation, values}}) => {
  last = last.then(async () => {
    const report = (progress, transfer = []) => self.postMessage({id, progress}, transfer);
    try {
      self.postMessage({id, result: await operations[operation](values, report)});
    } catch (error) {
      self.postMessage({id, error: {message: error.message, code: error.code, values: error.values}});
    }
  });
};
