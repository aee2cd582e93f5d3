using System.Collections.Concurrent;
using OrleansChat.GrainInterfaces;
using OrleansChat.GrainInterfaces.Push;
using OrleansChat.GrainInterfaces.Rooms;
using OrleansChat.Identifiers;

namespace OrleansChat.Gateway.Sessions;

/// <summary>The grains that a gateway calls. Making a reference is cheap, and activates no grain.</summary>
public interface IChatGrains
{
    /// <summary>The grain of a session. Its key is what <see cref="GrainKeys.ForSession"/> makes of its token.</summary>
    ISessionGrain Session(string sessionKey);

    /// <summary>The grain of a user, by the user's name, which must be valid.</summary>
    IUserGrain User(string userName);

    /// <summary>The same grain, for the user's conversations.</summary>
    IConversationGrain Conversations(string userName);

    /// <summary>The same grain, for the user's own account.</summary>
    IAccountGrain Account(string userName);

    /// <summary>The one grain that tells of the service.</summary>
    IServerGrain Server();

    /// <summary>The same grain, for the rooms that the user sees.</summary>
    IMemberGrain Member(string userName);

    /// <summary>The grain of a room, by the room's name, which must be valid.</summary>
    IRoomGrain Room(string roomName);

    /// <summary>The one grain that knows who is online.</summary>
    IPresenceGrain Presence();

    /// <summary>The grain of a user, for what gateways hear of the user.</summary>
    IInboxPushGrain InboxPush(string userName);

    /// <summary>The grain of a room, for what gateways hear of it.</summary>
    IRoomPushGrain RoomPush(string roomName);

    /// <summary>What grains call to reach an observer in this process, which must be kept alive.</summary>
    IGatewayObserver Reference(IGatewayObserver observer);
}

/// <summary>Takes the references from Orleans, and keeps those of users: a send needs one each time.</summary>
public sealed class ChatGrains(IGrainFactory grains) : IChatGrains
{
    /// <summary>The most references to keep, some 3 MB; beyond that it forgets all of them.</summary>
    private const int MaxUsers = 10_000;

    private readonly ConcurrentDictionary<string, IUserGrain> _users = new();
    private int _userCount;

    /// <inheritdoc/>
    public ISessionGrain Session(string sessionKey) => grains.GetGrain<ISessionGrain>(sessionKey);

    /// <inheritdoc/>
    public IUserGrain User(string userName)
    {
        if (_users.TryGetValue(userName, out var user)) return user;
        if (Interlocked.Increment(ref _userCount) > MaxUsers)
        {
            _users.Clear();
            _userCount = 0;
        }
        return _users[userName] = grains.GetGrain<IUserGrain>(GrainKeys.ForUser(userName));
    }

    /// <inheritdoc/>
    public IConversationGrain Conversations(string userName) => grains.GetGrain<IConversationGrain>(GrainKeys.ForUser(userName));

    /// <inheritdoc/>
    public IAccountGrain Account(string userName) => grains.GetGrain<IAccountGrain>(GrainKeys.ForUser(userName));

    /// <inheritdoc/>
    public IServerGrain Server() => grains.GetGrain<IServerGrain>(GrainKeys.Server);

    /// <inheritdoc/>
    public IMemberGrain Member(string userName) => grains.GetGrain<IMemberGrain>(GrainKeys.ForUser(userName));

    /// <inheritdoc/>
    public IRoomGrain Room(string roomName) => grains.GetGrain<IRoomGrain>(GrainKeys.ForRoom(roomName));

    /// <inheritdoc/>
    public IPresenceGrain Presence() => grains.GetGrain<IPresenceGrain>(GrainKeys.Presence);

    /// <inheritdoc/>
    public IInboxPushGrain InboxPush(string userName) => grains.GetGrain<IInboxPushGrain>(GrainKeys.ForUser(userName));

    /// <inheritdoc/>
    public IRoomPushGrain RoomPush(string roomName) => grains.GetGrain<IRoomPushGrain>(GrainKeys.ForRoom(roomName));

    /// <inheritdoc/>
    public IGatewayObserver Reference(IGatewayObserver observer) => grains.CreateObjectReference<IGatewayObserver>(observer);
}
