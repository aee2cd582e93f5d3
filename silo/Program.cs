using OrleansChat.Gateway.Hosting;
using OrleansChat.Silo;
using OrleansChat.Storage;

return await ChatProgram.RunAsync(() => ChatHost.Build(args), e => e is SchemaVersionException or HostLockException);
