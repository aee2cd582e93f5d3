using OrleansChat.Hosting;
using OrleansChat.Silo;
using OrleansChat.Silo.Settings;

return await ChatProgram.RunAsync<ChatOptions>(() => ChatHost.Build(args), ChatHost.IsForOperator);
