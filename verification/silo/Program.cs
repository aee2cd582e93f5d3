using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OrleansChat.Hosting;
using OrleansChat.Silo;
using OrleansChat.Silo.Settings;
using OrleansChat.Storage.Conversations;
using OrleansChat.Storage.Logs;
using OrleansChat.Storage.Rooms;
using OrleansChat.Verification.Variants;

return await ChatProgram.RunAsync<ChatOptions>(() => ChatHost.Build(args, Break), ChatHost.IsForOperator);

static void Break(IServiceCollection services)
{
    var variant = VariantServices.Asked;
    services.AddSingleton<Mailbox>();
    services.Replace(ServiceDescriptor.Singleton<IMailbox>(provider => new BrokenMailbox(provider.GetRequiredService<Mailbox>(), variant)));
    services.AddSingleton<Conversations>();
    services.Replace(ServiceDescriptor.Singleton<IConversations>(
        provider => new BrokenConversations(provider.GetRequiredService<Conversations>(), variant)));
    services.Replace(ServiceDescriptor.Singleton<IRooms>(provider => new BrokenRooms(provider.GetRequiredService<RoomStore>(), variant)));
    services.BreakGateway(variant);
}
