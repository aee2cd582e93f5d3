using OrleansChat.Hosting;
using OrleansChat.Silo;

return await ChatProgram.RunAsync(() => ChatHost.Build(args), ChatHost.IsForOperator);
