<%@ page contentType="text/html; charset=UTF-8" %>
<%@ taglib prefix="c" uri="http://java.sun.com/jsp/jstl/core" %>
<%@ include file="head.jsp" %>
<h1><c:out value="${holder.displayName}"/></h1>
<p><c:out value="${holder.street}"/>, <c:out value="${holder.postcode} ${holder.city}"/><br>
<c:out value="${holder.phone}"/> <c:out value="${holder.email}"/><br>
risk class ${holder.riskClass}</p>
<p><a href="<%= ctx %>/holder?id=${holder.holderId}&edit=1">Change</a>
<a href="<%= ctx %>/quote?holderId=${holder.holderId}">New quote</a></p>
<table>
<c:forEach var="p" items="${policies}">
<tr><td><a href="<%= ctx %>/policy?id=${p.policyId}">${p.policyNo}</a></td><td>${p.productCode}</td><td>${p.status}</td></tr>
</c:forEach>
</table>
<%@ include file="foot.jsp" %>
