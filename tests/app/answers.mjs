// node answers.mjs JOB.json: answers photos by the files of an app. The job: {app, photos: [{file, width,
// height}], lesson?: {label, photos: [number, ...]}}. Prints JSON.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const job = JSON.parse(readFileSync(process.argv[2], "utf8"));
const { Engine } = await import(pathToFileURL(join(job.app, "engine.js")));
const bytes = (name) => new Uint8Array(readFileSync(join(job.app, name)));
const open = () =>
  Engine.load({
    module: bytes(Engine.moduleName()),
    network: bytes("network.bin"),
    classifier: bytes("classifier.bin"),
  });

function messageOf(call) {
  try {
    call();
  } catch (error) {
    return error.message;
  }
  return null;
}

const engine = await open();
const features = job.photos.map(({ file, width, height }) =>
  engine.features(new Uint8ClampedArray(readFileSync(file)), width, height),
);
const stateOf = (device) => ({
  answers: features.map((each) => device.classify(each, 3)),
  labels: device.labels(),
});
const result = stateOf(engine);
result.short = messageOf(() => engine.classify(features[0].subarray(1)));
result.untaught = messageOf(() => engine.teach("new", [features[0]]));

if (job.lesson) {
  const { label, photos } = job.lesson;
  engine.loadTeach(bytes("teach.bin"));
  engine.teach(
    label,
    photos.map((number) => features[number]),
  );
  result.taught = stateOf(engine);
  const file = engine.exportTaught();
  result.exported = file.length;
  const other = await open();
  other.loadTeach(bytes("teach.bin"));
  other.importTaught(file);
  other.importTaught(file);
  result.imported = stateOf(other);
  result.damaged = messageOf(() => other.importTaught(file.subarray(1)));
  engine.unteach(label);
  result.rest = stateOf(engine);
  result.gone = messageOf(() => engine.unteach(label));
}
console.log(JSON.stringify(result));
