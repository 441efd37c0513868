// Prints how long the import of a file takes, as an ES module.
const began = performance.now()
await import(process.argv[2])
console.log(performance.now() - began)
