// engine_worker.js: the page's side of worker.js.

const worker = new Worker('worker.js', {type: 'module'});
const waiting = new Map();
let number = 0;

worker.onmessage = ({data}) => {
  const call = waiting.get(data.id);
  if (data.progress) call.report(data.progress);
  else {
    waiting.delete(data.id);
    if (data.error) call.reject(Object.assign(new Error(data.error.message), data.error));
    else call.resolve(data.result);
  }
};
// Its script could not be read, or the browser ended it for want of memory.
worker.onerror = (event) => {
  for (const call of waiting.values()) call.reject(new Error(event.message || 'the engine stopped: reload the page'));
  waiting.clear();
};

// Asks for an operation of worker.js. `report`: called with what it reports on the way.
export function ask(operation, values, report = () => {}, transfer = []) {
  return new Promise((resolve, reject) => {
    const id = ++number;
    waiting.set(id, {resolve, reject, report});
    worker.postMessage({id, operation, values}, transfer);
  });
}
