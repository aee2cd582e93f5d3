using OrleansChat.GatewayProgram;
using OrleansChat.Hosting;

return await ChatProgram.RunAsync<GatewayProgramOptions>(() => GatewayHost.Build(args), _ => false);
