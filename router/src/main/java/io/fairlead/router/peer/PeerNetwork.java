package io.fairlead.router.peer;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoop;
import io.netty.channel.ServerChannel;

/**
 * What conversations between routers run on.
 *
 * @param loop the one thread on which all of {@code peer} happens
 */
public record PeerNetwork(
    EventLoop loop,
    ChannelFactory<? extends ServerChannel> serverChannels,
    ChannelFactory<? extends Channel> clientChannels) {}
