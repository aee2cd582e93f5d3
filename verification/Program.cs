using OrleansChat.Verification;

return await new CommandLine().RunAsync(args);
