// Stands for the agent's bundle where a test only looks at how it is handed out.
console.log('agent');
