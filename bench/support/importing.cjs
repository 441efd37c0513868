// Prints how long the import of a file takes, as CommonJS.
const began = performance.now()
require(process.argv[2])
console.log(performance.now() - began)
