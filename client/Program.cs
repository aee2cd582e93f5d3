using OrleansChat.Client.Commands;
using OrleansChat.Client.Terminal;

return await new CommandLine(new ConsoleTerminal(), Environment.GetEnvironmentVariable, TimeProvider.System).RunAsync(args);
