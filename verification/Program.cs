using OrleansChat.Verification;
using OrleansChat.Verification.Simulation;

return args.Contains("--simulate") ? SimulateCommand.Run(args) : await new CommandLine().RunAsync(args);
