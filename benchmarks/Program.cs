using OrleansChat.Bench;

return await new CommandLine().RunAsync(args);
