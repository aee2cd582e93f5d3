using OrleansChat.Gateway.Sessions;
using OrleansChat.GrainInterfaces;
using OrleansChat.GrainInterfaces.Push;
using OrleansChat.GrainInterfaces.Rooms;

namespace OrleansChat.Gateway.Tests;

/// <summary>Grains that nothing may ask for. A test overrides those that it is about; a call to any other one fails it.</summary>
internal abstract class UnaskedGrains : IChatGrains
{
    public virtual ISessionGrain Session(string sessionKey) => Fail<ISessionGrain>();

    public virtual IUserGrain User(string userName) => Fail<IUserGrain>();

    public virtual IConversationGrain Conversations(string userName) => Fail<IConversationGrain>();

    public virtual IMemberGrain Member(string userName) => Fail<IMemberGrain>();

    public virtual IRoomGrain Room(string roomName) => Fail<IRoomGrain>();

    public virtual IAccountGrain Account(string userName) => Fail<IAccountGrain>();

    public virtual IServerGrain Server() => Fail<IServerGrain>();

    public virtual IPresenceGrain Presence() => Fail<IPresenceGrain>();

    public virtual IInboxPushGrain InboxPush(string userName) => Fail<IInboxPushGrain>();

    public virtual IRoomPushGrain RoomPush(string roomName) => Fail<IRoomPushGrain>();

    public virtual IGatewayObserver Reference(IGatewayObserver observer) => observer;

    private static T Fail<T>()
    {
        Assert.Fail($"An {typeof(T).Name} was asked for.");
        return default!;
    }
}
